import { mount } from "../ui/mount";
import { InterviewPage } from "./InterviewPage";

mount(<InterviewPage />);
