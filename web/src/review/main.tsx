import { mount } from "../ui/mount";
import { ReviewPage } from "./ReviewPage";

mount(<ReviewPage />);
